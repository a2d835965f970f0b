using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace Hutch.Catalog.Postgres;

/// <summary>
/// Messages for failures of PostgreSQL and its driver, with advice for an operator. They never contain a password or a value of a row.
/// </summary>
internal static class PostgresErrorText
{
    public static string ReadOnly(PostgresAddress address) =>
        $"{address} is read-only: a standby, or a database with default_transaction_read_only. Give the address of the primary.";

    /// <summary>Returns the advice for a failure; null when the database did not cause it.</summary>
    public static string? For(Exception failure, PostgresAddress address, PostgresPassword password) =>
        failure is PostgresException said ? ForAnswer(said, address, password)
        : failure is NpgsqlException or TimeoutException or SocketException ? ForSilence(failure, address)
        : null;

    private static string ForAnswer(PostgresException said, PostgresAddress address, PostgresPassword password) =>
        said.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword =>
                $"{address} refused the password of '{address.User}', which came from {password.Source}. Correct it there, or set it anew "
                + $"with `ALTER ROLE`.",
            PostgresErrorCodes.InvalidAuthorizationSpecification =>
                $"{address} does not let '{address.User}' in: {said.MessageText}. Create that role, or add a line for it to pg_hba.conf.",
            PostgresErrorCodes.InvalidCatalogName =>
                $"{address} cannot be used: the server has no database '{address.Database}'. Create it: "
                + $"`createdb --encoding UTF8 --owner {address.User} {address.Database}`.",
            PostgresErrorCodes.TooManyConnections =>
                $"{address} has no connection left: {said.MessageText}. Each server of Hutch opens up to "
                + $"{PostgresDatabase.ConnectionsOfServer}: raise max_connections, or the limit of the role or the database.",
            PostgresErrorCodes.InsufficientPrivilege =>
                $"{address} cannot be used: {said.MessageText}. Make '{address.User}' the owner of the database and of its tables, "
                + $"or run `GRANT CREATE ON DATABASE {address.Database} TO {address.User}`.",
            PostgresErrorCodes.ReadOnlySqlTransaction => ReadOnly(address),
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow =>
                $"{address} takes no connections now: {said.MessageText}. Wait until it has started, and look into its log.",
            PostgresErrorCodes.LockNotAvailable => $"At {address} another server has held its turn for too long. It is tried again.",
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn =>
                $"{address} lacks tables of this version of Hutch: {said.MessageText}. Look whether it is the right database.",
            PostgresErrorCodes.DiskFull => $"The disk of {address} is full. Make room there.",
            _ => $"{address} failed: {said.MessageText} ({said.SqlState}).",
        };

    private static string ForSilence(Exception failure, PostgresAddress address)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return $"Nothing answers at {address}. Is PostgreSQL running, and does it listen there (listen_addresses, port)?";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return $"{address} cannot be reached: there is no host of the name '{address.Host}'. Correct the address.";
                case AuthenticationException:
                    return $"{address} cannot be used: its certificate is not trusted ({cause.Message.TrimEnd('.')}). Name the certificate "
                        + "of the authority that signed it with 'sslrootcert' in the address.";
                case TimeoutException:
                    return $"{address} did not answer in time. Is the host up, and does a firewall let the connection through?";
            }
        }

        return failure.Message.Contains("No password has been provided", StringComparison.Ordinal)
                ? $"{address} asks for a password. Write it into a file that only the server may read, or set {PostgresPassword.Variable}."
            : failure.Message.Contains("SSL", StringComparison.Ordinal) && address.Tls != PostgresTls.Disable
                ? $"{address} does not encrypt connections ({failure.Message.TrimEnd('.')}). Turn `ssl` on there, or, on a network that "
                + "nobody else is in, add 'sslmode=disable' to the address."
            : $"{address} cannot be reached: {failure.Message}";
    }
}
