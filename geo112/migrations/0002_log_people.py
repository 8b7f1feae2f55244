"""Changes of people are part of the log, without their passwords and sign-in times."""

from django.db import migrations

TRIGGER = """
CREATE TRIGGER log_row AFTER INSERT OR UPDATE OR DELETE ON geo112_user
    FOR EACH ROW EXECUTE FUNCTION incidents_log_row('', 'password', 'last_login');
"""


class Migration(migrations.Migration):
    dependencies = [("geo112", "0001_people"), ("incidents", "0002_triggers")]

    operations = [migrations.RunSQL(TRIGGER, "DROP TRIGGER log_row ON geo112_user")]
