namespace Hutch.Dav;

/// <summary>Refusals that only WebDAV has: the codes of all doors, with the statuses of RFC 4918.</summary>
internal static class DavErrors
{
    public static readonly ErrorCode Locked = ErrorCode.Conflict with
    {
        Status = StatusCodes.Status423Locked,
        Title = "It is locked",
        Advice = "Wait until the lock is given back or ends, or close the file in the other program.",
    };

    public static readonly ErrorCode NotAllowed = ErrorCode.PathConflict with { Status = StatusCodes.Status405MethodNotAllowed };

    public static readonly ErrorCode ReadOnly = ErrorCode.Forbidden with { Advice = "Write to the dataset itself." };

    /// <summary>The target of a COPY or MOVE is at another server, or not in this door.</summary>
    public static readonly ErrorCode ElsewhereTarget = ErrorCode.BadRequest with
    {
        Status = StatusCodes.Status502BadGateway,
        Advice = "Download the files and upload them there.",
    };

    public static readonly ErrorCode NoBodyExpected = ErrorCode.InvalidBody with { Status = StatusCodes.Status415UnsupportedMediaType };

    /// <summary>A COPY or MOVE to where it is already, or into itself.</summary>
    public static readonly ErrorCode SamePlace = ErrorCode.PathConflict with { Status = StatusCodes.Status403Forbidden };

    public const string ScopeAdvice = "Create a token that reads and writes: `hutch token create --scope read --scope write`.";

    public static HutchError OfLock(DavLock blocking) =>
        Locked.With($"{Display.Quote(blocking.Path.Length == 0 ? "The dataset" : blocking.Path)} is locked until {blocking.Until:u}.");
}
