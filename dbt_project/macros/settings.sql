{# One value of meta.settings as text; null where the setting is missing. #}
{% macro setting(name) -%}
    (select value from {{ source('meta', 'settings') }} where name = '{{ name }}')
{%- endmacro %}

{# The moment the marts and features speak of; the only "now" there is. #}
{% macro as_of() -%}
    (select cast(value as timestamp) from {{ source('meta', 'settings') }} where name = 'as_of')
{%- endmacro %}

{# ISO code of the currency that every `<amount>_base` is in. #}
{% macro base_currency() -%}
    {{ setting('base_currency') }}
{%- endmacro %}

{# Whether a mailbox is one of several people by the guards in force (setting |info|sales|…|). #}
{% macro is_role_address(mailbox) -%}
    coalesce(position('|' || lower({{ mailbox }}) || '|' in {{ setting('role_addresses') }}) > 0, false)
{%- endmacro %}
