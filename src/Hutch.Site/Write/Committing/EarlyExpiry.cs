namespace Hutch.Site.Write.Committing;

/// <summary>The errors for temporary bytes that were deleted before their time.</summary>
internal static class EarlyExpiry
{
    public static HutchError Error { get; } = (ErrorCode.Gone with
    {
        Title = "The temporary data made room for newer data",
        Advice = "Send it again if you still have it. `hutch keep DATASET` keeps what is still there.",
    }).With(
        "The data was temporary and made room for newer data: the server keeps a limited amount, and the oldest goes first.",
        EarlyExpiryMark.Detail,
        "true");

    /// <summary>The refusal of an upload whose first bytes made room before its last came. Nothing changed; a retry is safe.</summary>
    public static HutchError OfUpload { get; } = ErrorCode.Unavailable.With(
        "The first bytes of this upload were temporary and made room for newer data while the rest came. Nothing was changed. "
        + "Send all of it again.",
        EarlyExpiryMark.Detail,
        "true");

    public static bool IsOfUpload(HutchError? error) =>
        error?.Code == ErrorCode.Unavailable && error.Details?.ContainsKey(EarlyExpiryMark.Detail) == true;
}
