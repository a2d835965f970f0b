using System.Diagnostics.CodeAnalysis;

namespace Hutch.Model;

/// <summary>A value or an error. Used where an error is an ordinary outcome.</summary>
public readonly struct Result<T>
{
    private readonly T _value;

    private Result(T value, HutchError? error)
    {
        _value = value;
        Error = error;
    }

    public HutchError? Error { get; }

    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsOk => Error is null;

    /// <summary>The value. Throws <see cref="HutchException"/> if there is none: check <see cref="IsOk"/> first.</summary>
    public T Value => Error is null ? _value : throw Error.ToException();

    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out HutchError? error)
    {
        value = _value;
        error = Error;
        return error is null;
    }

    /// <summary>Applies <paramref name="next"/> to the value, or passes the error on.</summary>
    public Result<TNext> Then<TNext>(Func<T, Result<TNext>> next) => Error is null ? next(_value) : Error;

    /// <summary>Wraps a value of an interface type, for which C# has no implicit conversion.</summary>
    public static Result<T> Ok(T value) => new(value, null);

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(HutchError error) => new(default!, error);
}

/// <summary>The value of an operation that returns only its success.</summary>
public readonly record struct Done
{
    public static Done Value => default;
}
