"""All faults, by the names that FAULTS may give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from faults import (
    analyses,
    away,
    backups,
    clock,
    deliveries,
    disk,
    forms,
    hosts,
    kills,
    load,
    migrations,
    million,
    naive,
    reloads,
    runners,
)
from faults.rows import Row
from faults.sizes import Sizes

ALL: Mapping[str, Callable[[Sizes], Iterator[Row]]] = {
    "F1": kills.of_the_group,
    "F2": kills.in_turn,
    "H66": kills.of_one,
    "F3": forms.sent_often,
    "F4": load.sustained,
    "F5": naive.beside_ours,
    "F6": disk.full,
    "disk": disk.no_writes,
    "lock": away.locked,
    "F7": away.down,
    "F8": deliveries.killed,
    "F9": backups.under_load,
    "F10": migrations.killed_on_the_way,
    "F11": analyses.killed_while_read,
    "jobs": runners.two,
    "hosts": hosts.two_of_each,
    "mail": runners.no_mail,
    "H70": clock.jumps,
    "P33": reloads.under_load,
    "F13": load.soak,
    "F14": million.answers_there,
}
DEFAULT = [name for name in ALL if name != "F14"]
