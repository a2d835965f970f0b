namespace Hutch.Cluster.Bytes;

/// <summary>An unreferenced object, which is deleted after its retention time.</summary>
/// <param name="Since">The start of the retention in milliseconds since 1970; or <see cref="DueAtOnce"/>, or <see cref="Gone"/>.</param>
public readonly record struct CondemnedObject(string Name, long Since)
{
    /// <summary>The value for objects that are deleted as soon as no server looks for them, without a retention time.</summary>
    public const long DueAtOnce = 0;

    /// <summary>The value for deleted objects, which servers no longer need to remember.</summary>
    public const long Gone = long.MaxValue;

    public bool IsGone => Since == Gone;

    /// <summary>Returns the directory of a row that reports deleted objects.</summary>
    public static LogDirectory OfGone(IEnumerable<string> names) =>
        new() { Condemned = [.. names.Select(static name => new CondemnedObject(name, Gone))] };
}
