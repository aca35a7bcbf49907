{#
    Who a web event is of. A log line without any id is told apart by address and browser; an event
    without either is of a visitor of its own.
#}
{% macro web_visitor_key(event_key) -%}
    coalesce(
        anonymous_id,
        user_id,
        'email:' || email,
        source || '|' || ip || '|' || coalesce(user_agent, ''),
        {{ event_key }}
    )
{%- endmacro %}
