using System.Net.Sockets;
using Npgsql;

namespace Hutch.Catalog.Postgres;

/// <summary>Translates failures of the database into errors for callers.</summary>
public static class PostgresRefusal
{
    /// <summary>
    /// Returns the refusal for a database that is away, full, read-only or damaged; null for anything else, which is a bug. It describes
    /// failures before a commit began, so nothing was changed.
    /// </summary>
    /// <param name="what">The contents of the database, such as "accounts and rights".</param>
    public static HutchError? From(Exception failure, string what) => failure switch
    {
        CommitLostException { IsUnknown: true } => ErrorCode.OutcomeUnknown.With(
            $"The database of {what} did not answer when the change was committed: it is wholly there or wholly not. Look, and repeat it "
            + "if it is not."),
        CommitLostException => ErrorCode.Unavailable.With($"The database of {what} was interrupted: nothing was changed. Try again."),
        PostgresException said => OfAnswer(said, what),
        NpgsqlException or SocketException or TimeoutException => ErrorCode.Unavailable.With(
            $"The database of {what} does not answer: nothing was changed. Try again in a moment."),
        _ => null,
    };

    /// <summary>Returns true if the connection is lost, so that a retry on another one may succeed.</summary>
    public static bool IsLostConnection(Exception failure) =>
        failure is PostgresException said
            ? IsEnded(said.SqlState)
            : failure is NpgsqlException { InnerException: not TimeoutException };

    private static HutchError? OfAnswer(PostgresException said, string what) => said.SqlState switch
    {
        PostgresErrorCodes.DiskFull => ErrorCode.InsufficientStorage.With(
            $"The disk of the database of {what} is full: nothing was changed. Reading still works."),
        PostgresErrorCodes.TooManyConnections => ErrorCode.Unavailable.With(
            $"The database of {what} has no connection left: nothing was changed. The operator finds what to do in the log."),
        PostgresErrorCodes.ReadOnlySqlTransaction => ErrorCode.Unavailable.With(
            $"The database of {what} is a read-only standby: nothing was changed. The operator gives the address of the primary."),
        PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter => ErrorCode.BadRequest.With(
            "There is a character in the request that cannot be kept, such as U+0000: leave it out. Nothing was changed."),
        PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled => ErrorCode.Unavailable.With(
            $"The database of {what} took too long: nothing was changed. Try again in a moment."),
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => ErrorCode.Unavailable.With(
            $"The database of {what} is damaged: nothing was changed. The operator restores it from its own backup."),
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.OutOfMemory
            or PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => ErrorCode.Unavailable.With(
            $"The database of {what} refused: nothing was changed. The operator finds why in the log."),
        var state when IsEnded(state) => ErrorCode.Unavailable.With(
            $"The database of {what} was interrupted: nothing was changed. Try again in a moment."),
        _ => null,
    };

    /// <summary>
    /// Returns true if the server stops, or has ended this connection: on an operator's request, or after too long a silence.
    /// </summary>
    private static bool IsEnded(string state) =>
        state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal)
        || state == "25P03" || state == "58000";
}
