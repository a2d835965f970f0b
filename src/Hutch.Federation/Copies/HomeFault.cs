namespace Hutch.Federation.Copies;

/// <summary>Adds the sender to an error about its data.</summary>
internal static class HomeFault
{
    /// <summary>Adds the name of the sender, except to an error of this site, such as its disk or a quota here.</summary>
    public static HutchError Blame(IHomePeer home, HutchError fault) =>
        fault.Code == ErrorCode.Unavailable || fault.Code == ErrorCode.InsufficientStorage || fault.Code == ErrorCode.OutcomeUnknown
            || fault.Code == ErrorCode.Quarantined || fault.Code == ErrorCode.Internal
            ? fault
            : fault with { Message = $"From {home.Name}: {fault.Message}" };
}
