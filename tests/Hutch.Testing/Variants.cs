using System.Globalization;

namespace Hutch.Testing;

/// <summary>
/// Random variants of foreign files, which a foreign program writes and reads: few and the same in the suite, thousands of others in
/// <c>./run fuzz</c>, which sets both variables.
/// </summary>
public static class Variants
{
    /// <summary>The seed from which a test makes its variants. A failure names it.</summary>
    public static int Seed { get; } = Number("HUTCH_FUZZ_SEED") ?? 1;

    /// <summary>The number of variants that a test makes.</summary>
    /// <param name="usual">That of the suite.</param>
    public static int Count(int usual) => Number("HUTCH_FUZZ_VARIANTS") ?? usual;

    /// <summary>The line that repeats a failure.</summary>
    public static string Repeat(string what) =>
        $"{what}: repeat it with ./run fuzz --seed {Seed.ToString(CultureInfo.InvariantCulture)} --rounds 1";

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
