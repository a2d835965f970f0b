namespace Hutch.Cli.Hosting;

/// <summary>What the command tells the shell at its end. Scripts rely on these numbers; docs/reference/cli.md lists them.</summary>
internal static class ExitCode
{
    /// <summary>Everything that was asked for was done.</summary>
    internal const int Ok = 0;

    /// <summary>It failed, and no other number says how.</summary>
    internal const int Failure = 1;

    /// <summary>The command line, or a value in it, is wrong.</summary>
    internal const int Usage = 2;

    /// <summary>No token, or one that is wrong, expired or revoked.</summary>
    internal const int NotLoggedIn = 3;

    /// <summary>The right, or the scope of the token, is missing.</summary>
    internal const int Forbidden = 4;

    /// <summary>There is no such thing, or the caller may not know of it.</summary>
    internal const int NotFound = 5;

    /// <summary>The state does not allow it: somebody else changed it, it is closed, it exists already, or it is gone.</summary>
    internal const int Conflict = 6;

    /// <summary>Bytes are not what their hash says, or an analysis has failures.</summary>
    internal const int VerificationFailed = 7;

    /// <summary>The server does not answer.</summary>
    internal const int Unreachable = 8;

    /// <summary>A disk is full, here or there.</summary>
    internal const int NoSpace = 9;

    /// <summary>Done but for files that never stopped changing.</summary>
    internal const int Partly = 10;

    /// <summary>Stopped by Ctrl-C or a signal; start it again to go on.</summary>
    internal const int Interrupted = 130;
}
