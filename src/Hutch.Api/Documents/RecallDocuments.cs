using Hutch.Model.Site;

namespace Hutch.Api.Documents;

internal static class RecallDocuments
{
    public static RecallInfo From(RecallState state) => new()
    {
        State = state.Offline == 0 ? "online" : state.Queued == state.Offline ? "recalling" : "offline",
        OfflineSegments = state.Offline,
        OfflineBytes = state.OfflineBytes,
        SecondsLeft = (long)Math.Ceiling(state.Wait.TotalSeconds),
        Until = state.Until,
    };
}
