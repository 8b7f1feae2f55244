"""Background work of the units."""

import logging

from procrastinate.contrib.django import app

from units.gps.upkeep import keep_partitions

log = logging.getLogger(__name__)


@app.periodic(cron="17 2 * * *")
@app.task(queueing_lock="units.upkeep", pass_context=False)
def upkeep(timestamp: int) -> None:
    """Once a day: partitions for the positions of the coming week; those past retention go."""
    made, dropped = keep_partitions()
    log.info("Positions: %d partitions made, %d dropped.", made, dropped)
