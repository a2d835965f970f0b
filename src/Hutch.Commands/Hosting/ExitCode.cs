namespace Hutch.Commands.Hosting;

/// <summary>The exit codes of the command. Scripts rely on these numbers; docs/reference/cli.md lists them.</summary>
internal static class ExitCode
{
    /// <summary>Success.</summary>
    internal const int Ok = 0;

    /// <summary>Any other failure.</summary>
    internal const int Failure = 1;

    /// <summary>The command line or one of its values is invalid.</summary>
    internal const int Usage = 2;

    /// <summary>The token is missing, invalid, expired or revoked.</summary>
    internal const int NotLoggedIn = 3;

    /// <summary>The user lacks the right, or the token lacks the scope.</summary>
    internal const int Forbidden = 4;

    /// <summary>Not found, or not visible to the user.</summary>
    internal const int NotFound = 5;

    /// <summary>The state does not allow it: changed by another user, closed, existing already, or deleted.</summary>
    internal const int Conflict = 6;

    /// <summary>Data does not match its hash, or frames of an analysis failed.</summary>
    internal const int VerificationFailed = 7;

    /// <summary>The server does not answer.</summary>
    internal const int Unreachable = 8;

    /// <summary>A disk is full, here or on the server.</summary>
    internal const int NoSpace = 9;

    /// <summary>Done, except for files that kept changing.</summary>
    internal const int Partly = 10;

    /// <summary>Done, except for data that is damaged, or that a disk or a dataset cannot store; the command names it.</summary>
    internal const int Incomplete = 11;

    /// <summary>The compared data differ.</summary>
    internal const int Differs = 12;

    /// <summary>The reader of the output has gone, such as <c>head</c> after its lines.</summary>
    internal const int ReaderGone = 141;

    /// <summary>Interrupted by Ctrl-C or a signal; run the command again to resume.</summary>
    internal const int Interrupted = 130;
}
