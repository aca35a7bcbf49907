"""Feature tables in; models, the ones in use, and rows of ``crm.<score>`` out."""
