{# Joins that find the account that stands for all records of the same company, and whether the
   account is no company but a person. #}
{% macro join_account(account_ref) -%}
    left join {{ ref('int_accounts__aliased') }} as account_by_alias
        on {{ account_ref }} = account_by_alias.alias
    left join {{ ref('stg_person_accounts') }} as person_by_account
        on {{ account_ref }} = person_by_account.account_id
{%- endmacro %}

{# The account found by join_account; what the source said where none was; null for a person. #}
{% macro account_id(account_ref) -%}
    case
        when person_by_account.account_id is null
            then coalesce(account_by_alias.account_id, {{ account_ref }})
    end
{%- endmacro %}
