"""Who may ask for what, at least: every route of the application, once. A new route needs its line here."""

from __future__ import annotations

from collections.abc import Mapping

ROLES = ("viewer", "editor", "admin")
SCOPES = ("read", "responses:write", "catalogue:write")

LEAST: Mapping[str, str] = {
    endpoint: who
    for who, endpoints in {
        # Anybody: what is open, and what a sealed token in the address opens
        "anybody": """
            surveys.home stylesheet.pages login.form login.sign_in login.sign_out health.healthz health.readyz
            metrics.show_metrics inbox.take api_docs.show_page api_docs.show_style api_docs.show_document
            widget.ask widget.privacy widget.comment widget.done widget.send widget.send_comment
            widget.stylesheet widget.themed_stylesheet
            receipts.ask receipts.unlock receipts.show receipts.change receipts.changed receipts.confirm
            receipts.erase receipts.erased
            identities.begin identities.sign_in resets.form resets.ask
            invitations.show invitations.accept accounts.reset_form accounts.reset shares.read
            mail_links.pain_point mail_links.act mail_links.case mail_links.act_in_case
            mail_links.invitation mail_links.confirm mail_links.leaving mail_links.end
        """,
        "signed in": """
            surveys.index accounts.show accounts.change_password accounts.end_session accounts.end_sessions
        """,
        "viewer": """
            reports.show reports.as_json reports.as_csv reports.as_xlsx reports.pain_point comments.show
            segments.show segments.as_json segments.as_table segments.compare segments.compared_as_json
            segments.compared_as_table catalogues.show catalogues.history reasons.show
            cases.show cases.one cases.as_table customers.show customers.as_table customers.account
            customers.respondent triages.show under_way.show under_way.as_table quarantine.show
            embeds.show embeds.qr_code saved_views.show saved_views.open_one
        """,
        "editor": """
            acting.act acting.reopen catalogues.create catalogues.edit catalogues.rename catalogues.merge
            catalogues.flag catalogues.assign catalogues.phrases catalogues.take_back
            corrections.correct corrections.split reasons.correct cases.change triages.mark quarantine.decide
            shares.show shares.create shares.revoke saved_views.save saved_views.rename saved_views.remove
            alerts.show alerts.create alerts.edit alerts.change alerts.remove alerts.start
            digests.show digests.create digests.edit digests.change digests.invite digests.dismiss digests.remove
            work.show work.send work.export work.analyse work.follow work.start work.cancel work.download work.columns
        """,
        "admin": """
            settings.show settings.general settings.sites settings.asks settings.keeping settings.cases
            settings.redacts
            settings.close settings.reopen settings.make_key settings.revoke
            wordings.show wordings.save themes.show themes.save previews.show previews.wording previews.theme
            values.show values.save values.forget departments.show departments.create departments.rename
            departments.members departments.words departments.remove
            people.show people.invite people.withdraw people.role people.remove
            channels.index channels.create channels.show channels.edit channels.switch channels.rotate
            channels.test channels.remove channels.replay channels.replay_parked
            alerts.comments audits.show customers.everything
            sources.index sources.create sources.show sources.edit sources.switch sources.run sources.rotate
            sources.remove
        """,
        "administrator": "surveys.new surveys.create",
        # Programs
        "read": """
            analyses.list_analyses api_cases.list_cases api_cases.show_case catalogue.show_catalogue
            catalogue.list_catalogue_changes catalogue.show_pain_point ownership.show_acting
            ownership.list_departments segments-and-comparisons.compare segments-and-comparisons.show_segments
            api_customers.list_customers api_customers.show_account api_customers.show_respondent
            eligibility.show_eligibility pain-points.list_pain_points api_quarantine.list_quarantine
            report.show_report responses.list_responses why.explain_response
        """,
        "responses:write": "responses.create_response api_quarantine.decide_on_quarantine api_cases.change_case",
        "catalogue:write": """
            catalogue.create_pain_point catalogue.edit_pain_point catalogue.merge_pain_point
            catalogue.split_pain_point catalogue.create_correction catalogue.undo_catalogue_change
            ownership.edit_acting
        """,
    }.items()
    for endpoint in endpoints.split()
}

MAY: Mapping[str, frozenset[str]] = {
    "anybody": frozenset(),
    "another tenant's admin": frozenset({"signed in"}),
    "viewer": frozenset({"signed in", *ROLES[:1]}),
    "editor": frozenset({"signed in", *ROLES[:2]}),
    "admin": frozenset({"signed in", *ROLES}),
    "administrator": frozenset({"signed in", *ROLES, "administrator"}),
    "key of another survey": frozenset(),
    "revoked key": frozenset(),
    "key to read": frozenset({"read"}),
    "key to write answers": frozenset({"responses:write"}),
    "key to the catalogue": frozenset({"catalogue:write"}),
}


def expected(who: str, least: str) -> int | None:
    """The status with which somebody is turned away from what needs this at least; None where they are let in."""
    if least == "anybody" or least in MAY[who]:
        return None
    if least in SCOPES:
        return {"key of another survey": 404}.get(who, 403 if who.startswith("key to") else 401)
    if "signed in" not in MAY[who]:
        return 303  # to the sign-in
    return 404 if who == "another tenant's admin" and least in ROLES else 403
