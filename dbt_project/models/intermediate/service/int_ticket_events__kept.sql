-- Grain: one row per event of a ticket that was not deleted.
{{ config(materialized='view') }}

with

ticket_events as (

    select * from {{ ref('stg_ticket_events') }}

),

deleted_tickets as (

    select * from {{ ref('int_tickets__deleted') }}

),

kept as (

    select ticket_events.*
    from ticket_events
    left join deleted_tickets
        on ticket_events.ticket_id = deleted_tickets.ticket_id
    where deleted_tickets.ticket_id is null

)

select * from kept
