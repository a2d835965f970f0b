using System.Data;
using Npgsql;

namespace Hutch.Catalog.Postgres;

/// <summary>The statements that a pooled connection has prepared.</summary>
internal static class PreparedStatements
{
    /// <summary>
    /// Lets a connection prepare its statements anew after PostgreSQL refused one. Npgsql (10.0, issue 6391) prepares a statement when it
    /// is first repeated; if PostgreSQL then takes the statement and refuses the values, Npgsql keeps it as one that returns no rows, and
    /// ends the connection with "unexpected backend message" at the first row that it does return.
    /// </summary>
    /// <param name="connection">A connection without a transaction.</param>
    public static void Forget(NpgsqlConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
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
