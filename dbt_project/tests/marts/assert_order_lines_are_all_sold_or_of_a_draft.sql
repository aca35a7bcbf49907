-- Rows are a count of lines that differs: every line is in fct_order_lines or of a draft.
with

lines_counted as (

    select count(*) as line_count from {{ ref('stg_order_lines') }}

),

sold as (

    select count(*) as line_count from {{ ref('fct_order_lines') }}

),

of_drafts as (

    select count(*) as line_count
    from {{ ref('stg_order_lines') }} as order_lines
    inner join {{ ref('draft_orders') }} as drafts
        on order_lines.order_id = drafts.order_id

)

select
    lines_counted.line_count as lines_staged,
    sold.line_count as lines_sold,
    of_drafts.line_count as lines_of_drafts
from lines_counted
cross join sold
cross join of_drafts
where lines_counted.line_count <> sold.line_count + of_drafts.line_count
