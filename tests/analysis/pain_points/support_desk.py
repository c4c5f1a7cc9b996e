"""The survey most tables speak of: 330 people with a comment and six pain points."""

from app.analysis.types import GroupCounts

BASE = GroupCounts(150, 100, 80)
SUPPORT = GroupCounts(6, 22, 30)
PRICING = GroupCounts(9, 30, 10)
CRASHES = GroupCounts(2, 3, 26)
ONBOARDING = GroupCounts(5, 9, 7)
INTEGRATIONS = GroupCounts(24, 18, 4)
MOBILE = GroupCounts(1, 0, 4)

RAISED = {
    "support": SUPPORT,
    "pricing": PRICING,
    "crashes": CRASHES,
    "onboarding": ONBOARDING,
    "integrations": INTEGRATIONS,
    "mobile": MOBILE,
}
