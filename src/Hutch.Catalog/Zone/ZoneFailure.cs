using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

internal static class ZoneFailure
{
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int NoDatabase = 26;

    /// <summary>Returns the refusal for a full or failing disk, or a damaged file; null for anything else, which is a bug.</summary>
    public static HutchError? Refusal(SqliteException e) => e.SqliteErrorCode switch
    {
        _ when SqliteFull.Is(e) => ErrorCode.InsufficientStorage.With(
            "There is no space left for accounts and rights: nothing was changed. Reading still works."),
        InputOutput => ErrorCode.OutcomeUnknown.With(
            "The disk failed while accounts and rights were written: the change is wholly there or wholly not. Look, "
            + "and repeat it if it is not."),
        Corrupt or NoDatabase => ErrorCode.Unavailable.With(
            "zone.db, which has the accounts and rights, is damaged: nothing was changed. "
            + "The operator finds the way back in the warnings of the server, and in its log when it is restarted."),
        _ => null,
    };
}
