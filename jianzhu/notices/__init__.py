"""What somebody has to know in time: a row per notice, addressed to a role or to one worker."""
