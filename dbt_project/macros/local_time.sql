{# A UTC timestamp on the clocks of an IANA time zone; the zone must be one of known_time_zones. #}
{% macro local_time(utc, time_zone) -%}
    timezone({{ time_zone }}, timezone('UTC', {{ utc }}))
{%- endmacro %}

{# Names of the time zones that the engine knows; local_time fails on any other. #}
{% macro known_time_zones() -%}
    (select name from pg_timezone_names())
{%- endmacro %}
