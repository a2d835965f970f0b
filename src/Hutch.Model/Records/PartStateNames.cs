namespace Hutch.Model.Records;

/// <summary>The names of the states, as they are stored and shown.</summary>
public static class PartStateNames
{
    public static string ToName(this PartState state) => state switch
    {
        PartState.Running => "running",
        PartState.Done => "done",
        _ => "failed",
    };
}
