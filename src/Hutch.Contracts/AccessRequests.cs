namespace Hutch.Contracts;

/// <summary>A request to read a dataset.</summary>
public sealed record AccessRequestInfo
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Name of the dataset, <c>owner/slug</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Login name of the requesting user.</summary>
    public required string User { get; init; }

    /// <summary>Full name of that user.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Message of the user.</summary>
    public required string Text { get; init; }

    /// <summary>Time of the request.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary><c>open</c> or <c>denied</c>. A granted request is deleted.</summary>
    public required string State { get; init; }

    /// <summary>Time of the denial.</summary>
    public DateTimeOffset? Denied { get; init; }

    /// <summary>Time from which a denied user can ask again.</summary>
    public DateTimeOffset? AgainAfter { get; init; }
}

/// <summary>Requests access to a dataset.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AskAccess
{
    /// <summary>Information for the deciding users, at most 500 characters.</summary>
    public string? Text { get; init; }
}

/// <summary>Grants or denies a request.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AnswerAccess
{
    /// <summary>True to grant it.</summary>
    public required bool Granted { get; init; }

    /// <summary>The granted right: <c>read</c> (default), <c>derive</c>, <c>write</c> or <c>manage</c>.</summary>
    public string? Right { get; init; }
}
