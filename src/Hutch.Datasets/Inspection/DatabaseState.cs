namespace Hutch.Datasets.Inspection;

/// <summary>Whether a database could be looked at.</summary>
public enum DatabaseState
{
    Looked,

    Missing,

    /// <summary>A process has it for itself, and looks after it.</summary>
    Open,

    /// <summary>
    /// What was written last stands beside it, since its process was not stopped in order: only opening it would bring that in.
    /// </summary>
    NotStoppedInOrder,
}
