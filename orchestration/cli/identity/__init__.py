"""The commands of ``crm identity``: a customer, a record or a decision in; sentences out."""
