{#
    Two joins that find the colleague whom a source calls `agent_ref`: by the key of any of
    their accounts, else by the extension that a switchboard knows them by. Each join is one
    equality: with a second condition beside it DuckDB compares every row with every alias.
#}
{% macro join_agent(agent_ref) -%}
    left join {{ ref('int_agents__aliased') }} as agent_by_key
        on {{ agent_ref }} = agent_by_key.alias
    left join {{ ref('int_agents__aliased') }} as agent_by_extension
        on
            case
                when agent_by_key.alias is null
                    then 'extension:'
                        || substr({{ agent_ref }}, instr({{ agent_ref }}, ':') + 1)
            end = agent_by_extension.alias
{%- endmacro %}

{# The colleague found by join_agent; what the source said where nobody was. #}
{% macro agent_id(agent_ref) -%}
    coalesce(agent_by_key.agent_id, agent_by_extension.agent_id, {{ agent_ref }})
{%- endmacro %}
