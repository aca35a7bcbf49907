{# A join that finds the account that stands for all records of the same company. #}
{% macro join_account(account_ref) -%}
    left join {{ ref('int_accounts__aliased') }} as account_by_alias
        on {{ account_ref }} = account_by_alias.alias
{%- endmacro %}

{# The account found by join_account; what the source said where none was. #}
{% macro account_id(account_ref) -%}
    coalesce(account_by_alias.account_id, {{ account_ref }})
{%- endmacro %}
