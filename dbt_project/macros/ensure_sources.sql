{#
    Create every source table that is not there yet, empty, from the columns its YAML declares.
    The loader normally made them; this lets `dbt build` work on a warehouse nobody has filled.
#}
{% macro ensure_sources() %}
    {% if execute and flags.WHICH in ['build', 'run', 'test', 'seed', 'run-operation'] %}
        {% for source in graph.sources.values() %}
            {% set columns = [] %}
            {% for column in source.columns.values() if column.data_type %}
                {% set key = ' primary key' if column.meta.get('primary_key') else '' %}
                {% do columns.append(adapter.quote(column.name) ~ ' ' ~ column.data_type ~ key) %}
            {% endfor %}
            {% if columns %}
                {% do run_query('create schema if not exists ' ~ adapter.quote(source.schema)) %}
                {% do run_query(
                    'create table if not exists ' ~ adapter.quote(source.schema) ~ '.'
                    ~ adapter.quote(source.identifier) ~ ' (' ~ columns | join(', ') ~ ')'
                ) %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}
