"""What a desk loads in its first second, loaded once by the process that all desks are copies of."""

import random

import anyio._backends._asyncio
import httpcore
import numpy
import shapely

import leafdesk.api.client
import leafdesk.credentials
import leafdesk.sync.cycle
import leafdesk.sync.engine
from leafdesk.api.connections import certificates
from leafdesk.geo.measure import area_ha
from tests.processes.desk import shape

__all__ = ["anyio", "httpcore", "leafdesk", "numpy", "shapely"]
certificates()
area_ha(shape(random.Random(1)))
