using System.Data;
using Npgsql;

namespace Hutch.Catalog.Postgres;

internal static class PreparedStatements
{
    /// <summary>
    /// Lets a connection prepare its statements anew after PostgreSQL refused one. Npgsql (10.0, issue 6391) prepares a statement when it
    /// is first repeated. If PostgreSQL then accepts the statement and refuses the values, Npgsql records it as one without rows. It ends
    /// the connection with "unexpected backend message" at the first row that the statement returns later.
    /// </summary>
    /// <param name="connection">A connection without a transaction.</param>
    public static void Remove(NpgsqlConnection connection)
    {
        if (connection.State != ConnectionState.Open)
        {
            return;
        }

        try
        {
            connection.UnprepareAll();
        }
        catch (NpgsqlException)
        {
            // Npgsql has closed it, and its statements ended with it. What the caller reports is why it came here.
        }
    }
}
