namespace Hutch.Api.Documentation;

/// <summary>The browsable page.</summary>
internal static class DocumentationPage
{
    public static string Html => "<!doctype html><title>Hutch</title>";
}
