"""How much a campaign or channel matters: paths of touches in, removal effects of the chain out."""
