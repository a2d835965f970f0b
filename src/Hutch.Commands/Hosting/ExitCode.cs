namespace Hutch.Commands.Hosting;

/// <summary>The exit codes of the command. Scripts rely on these numbers; <see cref="All"/> has their meanings.</summary>
internal static class ExitCode
{
    internal const int Ok = 0;
    internal const int Failure = 1;
    internal const int Usage = 2;
    internal const int NotLoggedIn = 3;
    internal const int Forbidden = 4;
    internal const int NotFound = 5;
    internal const int Conflict = 6;
    internal const int VerificationFailed = 7;
    internal const int Unreachable = 8;
    internal const int NoSpace = 9;
    internal const int Partly = 10;
    internal const int Incomplete = 11;
    internal const int Differs = 12;

    /// <summary>The reader of the output has gone, such as <c>head</c> after its lines.</summary>
    internal const int ReaderGone = 141;

    /// <summary>Interrupted by Ctrl-C or a signal; run the command again to resume.</summary>
    internal const int Interrupted = 130;

    /// <summary>Each code with its meaning, as the reference and the manual print it.</summary>
    internal static IReadOnlyList<(int Code, string Meaning)> All { get; } =
    [
        (Ok, "Success."),
        (Failure, "Any other failure."),
        (Usage, "The command line or one of its values is invalid."),
        (NotLoggedIn, "The token is missing, invalid, expired or revoked."),
        (Forbidden, "The user lacks the right, or the token lacks the scope."),
        (NotFound, "Not found, or not visible to the user."),
        (Conflict, "The state does not allow it: changed by another user, closed, existing already, or deleted."),
        (VerificationFailed, "Data does not match its hash, or frames of an analysis failed."),
        (Unreachable, "The server does not answer."),
        (NoSpace, "A disk is full, here or on the server."),
        (Partly, "Done, except for files that kept changing."),
        (Incomplete, "Done, except for data that is damaged, or that a disk or a dataset cannot store; the command names it."),
        (Differs, "The compared data differ."),
        (ReaderGone, "The reader of the output has gone, such as `head`."),
        (Interrupted, "Interrupted by Ctrl-C or a signal; run the command again to resume."),
    ];
}
