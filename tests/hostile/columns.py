"""Every column that holds text, and whose words those are. A new one needs its line here.

`people` and `programs` write what they like: these are filled with the hostile corpus and looked for in every sink.
What is `ours` is one of a few words, a number, a hash, a secret, or a query string that we wrote ourselves; `inside`
are words of people that no page, file, mail or webhook shows as they stand there.
"""

from __future__ import annotations

from collections.abc import Mapping

WRITTEN: Mapping[str, str] = {
    column: whose
    for whose, columns in {
        "people": """
            survey.name survey.wording survey.audience survey.currency
            user.email channel.name channel.address department.name digest.name digest.department
            alert_rule.department share.name saved_view.name api_key.name invitation.email
            invitation.made_by saved_view.made_by share.made_by work.made_by catalogue_change.made_by
            case_entry.made_by triage.made_by
            pain_point.named pain_point.owner pain_point.department pain_point.names pain_point.phrases
            catalogue_change.note case_entry.note work.options notice.title
            source.header source.options
        """,
        "programs": """
            respondent.subject response.comment response.touchpoint response.attributes
            response.external_id response.claimed_as response.host response_revision.comment
            source.message source.result
        """,
        "ours": """
            audit_entry.actor audit_entry.action audit_entry.thing audit_entry.mark audit_entry.link
            audit_head.link audit_head.seal heartbeat.name lease.name lease.holder runner.name runner.folder
            survey.key survey.kind survey.metric survey.language survey.timezone survey.languages survey.theme
            survey.allowed_origins survey.value_basis survey.lifetime_attribute survey.lifetimes
            survey.order_value_attribute survey.orders_attribute
            user.password_hash alert_rule.kind alert_rule.query analysis_run.state analysis_run.method
            analysis_run.failure analysis_run.changes api_key.prefix api_key.key_hash api_key.scopes
            channel.kind channel.types channel.state channel.reason channel.secret channel.old_secret
            digest.cycle digest.query idempotent_answer.key idempotent_answer.body_hash idempotent_answer.answer
            invitation.role invitation.token_hash load.touchpoint login_session.id_hash login_session.data
            membership.role notice.webhook_id notice.once notice.type notice.html notice.unsubscribe notice.links
            pain_point.key pain_point.origin pain_point.status pain_point.ticket pain_point.fixes
            quarantine_decision.decision saved_view.query share.query share.token_hash
            signing_key.kid signing_key.kind signing_key.secret
            work.kind work.state work.file work.step catalogue_change.action
            response.language response.nonce response.identity
            response.mark response.quarantine response.source response.code_hash
            alert.once alert.subject alert.told_in alert_check.seen case.state case.reason correction.language
            event.webhook_id event.type mention.stance mention.terms reading.language triage.state
            delivery.state delivery.last_reason
            source.kind source.name source.scheme source.secret source.etag source.modified
            survey.redacts identity.issuer letter.kind letter.state letter.last_reason
        """,
        "inside": """
            department.words pain_point.terms notice.lines alert.facts catalogue_change.before
            catalogue_change.after correction.text case_entry.changes work.message work.result
            quarantine_decision.made_by identity.subject letter.address source.address
        """,
    }.items()
    for column in columns.split()
}
