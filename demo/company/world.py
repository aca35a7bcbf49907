"""The whole company: a size and a seed in, all true facts out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from demo.chance import Floats, stream
from demo.company import (
    account_copies,
    activities,
    agents,
    billing,
    campaigns,
    contacts,
    conversations,
    crm_records,
    first_orders,
    fx,
    marketing,
    opportunities,
    opportunity_changes,
    orders,
    people,
    products,
    relations,
    service,
    sessions,
    slack,
)
from demo.company.customers import Customers, make_customers
from demo.company.leads import Leads, make_leads
from demo.sizes import Size
from demo.timeline import HORIZON

BUSINESS_LEADS, BUSINESS_CUSTOMERS = 0.78, 0.45
FIRST_ORDERS_UNTIL = 620
"""Direct customers start until then, so that all have time to buy again."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything that happened, except what is too much to hold at once (strangers' visits)."""

    seed: int
    size: Size
    agents: pl.DataFrame
    quotas: pl.DataFrame
    products: pl.DataFrame
    campaigns: pl.DataFrame
    rates: pl.DataFrame
    accounts: pl.DataFrame
    account_copies: pl.DataFrame
    relations: pl.DataFrame
    people: pl.DataFrame
    leads: Leads
    customers: Customers
    opportunities: pl.DataFrame
    opportunity_states: pl.DataFrame
    activities: pl.DataFrame
    orders: orders.Orders
    invoices: pl.DataFrame
    payments: pl.DataFrame
    tickets: pl.DataFrame
    surveys: pl.DataFrame
    contacts: pl.DataFrame
    shop_accounts: pl.DataFrame
    turns: pl.DataFrame
    calls: pl.DataFrame
    sessions: pl.DataFrame
    first_orders: pl.DataFrame
    touches: pl.DataFrame
    slack: slack.Workspace
    known_from: Floats


def make_world(size: Size, seed: int) -> World:
    """Simulate the company; the same arguments give the same world."""
    rng = stream(seed, "world")
    staff = agents.make_agents(seed)
    catalogue = products.make_products(seed)
    campaign_table = campaigns.make_campaigns(seed)
    count = size.leads + size.direct_customers
    share = np.where(np.arange(count) < size.leads, BUSINESS_LEADS, BUSINESS_CUSTOMERS)
    is_business = rng.random(count) < share
    account_table = people.make_accounts(seed, int(is_business.sum()))
    related = relations.make_relations(seed, is_business, size.leads)
    everyone = people.make_people(seed, account_table, is_business, related)
    leads = make_leads(seed, everyone.head(size.leads), account_table, campaign_table)

    deals = opportunities.make_opportunities(seed, leads.table, len(catalogue))
    won = deals.filter(pl.col("won") & (pl.col("closed") < HORIZON - 40))
    direct = everyone.tail(size.direct_customers)
    start = np.r_[
        won["closed"].to_numpy() + 0.5,
        np.sort(rng.random(size.direct_customers)) * FIRST_ORDERS_UNTIL + 0.1,
    ]
    buying = pl.concat([everyone[won["person"]], direct])
    customers = make_customers(seed, buying, start)
    buyers = customers.table
    brought = first_orders.first_orders(seed, customers, size.leads, campaign_table)
    upsells = opportunities.make_upsells(seed, buyers, len(catalogue))
    deals = opportunities.with_copies(seed, pl.concat([deals, upsells]))
    order_book = orders.make_orders(seed, customers, catalogue)
    invoices = billing.make_invoices(seed, order_book, (buyers["account"] >= 0).to_numpy())
    tickets = service.make_tickets(seed, customers)
    turns = conversations.make_turns(seed, leads, customers, tickets)
    copies = account_copies.make_account_copies(
        seed, account_table, crm_records.account_known_from(account_table, leads.table, buyers)
    )
    contact_table = contacts.make_contacts(
        seed, everyone, account_table, copies, leads.table, buyers
    )
    known_from = np.full(count, np.inf)
    np.minimum.at(known_from, buyers["person"].to_numpy(), buyers["start"].to_numpy())
    np.minimum.at(known_from, leads.table["person"].to_numpy(), leads.table["created"].to_numpy())
    return World(
        seed=seed,
        size=size,
        agents=staff,
        quotas=agents.make_quotas(seed, staff, size.leads),
        products=catalogue,
        campaigns=campaign_table,
        rates=fx.make_rates(seed),
        accounts=account_table,
        account_copies=copies,
        relations=related,
        people=everyone,
        leads=leads,
        customers=customers,
        opportunities=deals,
        opportunity_states=opportunity_changes.opportunity_states(seed, deals),
        activities=activities.make_activities(seed, deals),
        orders=order_book,
        invoices=invoices,
        payments=billing.make_payments(seed, order_book, invoices),
        tickets=tickets,
        surveys=service.make_surveys(seed, tickets, customers),
        contacts=contact_table,
        shop_accounts=crm_records.shop_accounts(seed, buyers, contact_table, related),
        turns=turns,
        calls=conversations.make_calls(seed, turns, everyone.select("person", "phone")),
        sessions=sessions.known_sessions(
            seed, leads, customers, order_book, size.order_session_share, related
        ),
        first_orders=brought,
        touches=marketing.all_touches(
            seed,
            leads.table,
            first_orders.order_touches(seed, customers, brought, campaign_table),
            campaign_table,
        ),
        slack=slack.make_workspace(seed, staff, buyers, account_table, size.slack_messages),
        known_from=known_from,
    )
