-- Takes away what triggers.sql made: dropping the functions drops their triggers.
DROP FUNCTION
    incidents_refuse_change(), incidents_log_row(), incidents_type_changed(), incidents_announce(),
    incidents_touch(), incidents_new_version() CASCADE;
DROP FUNCTION incidents_difference(jsonb, jsonb), incidents_loggable(jsonb, text[]);
