"""Background work of the units."""

import logging

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from units.gps.upkeep import keep_partitions

log = logging.getLogger(__name__)


@app.periodic(cron="17 2 * * *")
@app.task(queueing_lock="units.upkeep", retry=RetryStrategy(max_attempts=6, wait=600))
def upkeep(timestamp: int) -> None:
    """Once a day: partitions for the positions of the coming week; those past retention go.

    Raises psycopg.Error while a dump or the like holds the table; then it is tried again.
    """
    made, dropped = keep_partitions()
    log.info("Positions: %d partitions made, %d dropped.", made, dropped)
