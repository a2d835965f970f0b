namespace Hutch.Datasets.Programs;

/// <summary>The rights that a run of a program needs on each of its inputs: to read its files, and to derive from it.</summary>
internal static class RightToDerive
{
    /// <summary>Returns the refusal of the first right that a caller lacks; null if it has both.</summary>
    public static async ValueTask<HutchError?> FindLackingAsync(
        Authorizer authorizer, Caller caller, DatasetId input, CancellationToken ct)
    {
        foreach (Operation operation in (Operation[])[Operation.EntryRead, Operation.DatasetDerive])
        {
            Result<Access> access = await authorizer.AuthorizeAsync(caller, input, operation, ct);
            if (!access.IsOk)
            {
                return access.Error;
            }
        }

        return null;
    }
}
