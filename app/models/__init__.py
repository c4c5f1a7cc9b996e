"""Tables. Raw answers and what was derived from them are kept apart."""

from app.models.alerts import Alert, AlertCheck, AlertRule, AlertRuleChannel, Digest, DigestReader, MailReader
from app.models.analyses import AnalysisRun, CurrentRun, MentionRow, Reading, Unread, Vector
from app.models.audit import AuditEntry, AuditHead
from app.models.base import Base, now
from app.models.cases import Case, CaseEntry
from app.models.catalogues import CatalogueChange, Correction
from app.models.channels import Channel
from app.models.deliveries import Delivery, Notice, NoticeAnswer
from app.models.departments import Department, DepartmentMember
from app.models.events import Event
from app.models.identities import Identity
from app.models.invitations import Invitation
from app.models.leases import Lease, Runner
from app.models.letters import Letter
from app.models.loads import Load
from app.models.pain_points import PainPoint
from app.models.quarantines import QuarantineDecision
from app.models.responses import Respondent, Response, ResponseRevision
from app.models.saved_views import SavedView
from app.models.shares import Share
from app.models.sources import AnswerSource
from app.models.stretches import Stretch
from app.models.surveys import SigningKey, Survey
from app.models.triages import Triage
from app.models.users import ApiKey, Heartbeat, IdempotentAnswer, LoginSession, Membership, User
from app.models.work import Work

__all__ = [
    "Alert",
    "AlertCheck",
    "AlertRule",
    "AlertRuleChannel",
    "AnalysisRun",
    "AnswerSource",
    "ApiKey",
    "AuditEntry",
    "AuditHead",
    "Base",
    "Case",
    "CaseEntry",
    "CatalogueChange",
    "Channel",
    "Correction",
    "CurrentRun",
    "Delivery",
    "Department",
    "DepartmentMember",
    "Digest",
    "DigestReader",
    "Event",
    "Heartbeat",
    "IdempotentAnswer",
    "Identity",
    "Invitation",
    "Lease",
    "Letter",
    "Load",
    "LoginSession",
    "MailReader",
    "Membership",
    "MentionRow",
    "Notice",
    "NoticeAnswer",
    "PainPoint",
    "QuarantineDecision",
    "Reading",
    "Respondent",
    "Response",
    "ResponseRevision",
    "Runner",
    "SavedView",
    "Share",
    "SigningKey",
    "Stretch",
    "Survey",
    "Triage",
    "Unread",
    "User",
    "Vector",
    "Work",
    "now",
]
