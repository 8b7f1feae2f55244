"""Demo traffic: units that drive and report as phones do, calls as a real centre gets them, crews at work.

Everything reaches the system over HTTP, through the same doors that phones and people use. From the database it
takes roads, places, and tokens to speak with. Nothing here runs in a real centre.
"""
