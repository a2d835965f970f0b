using System.Reflection;
using System.Text.RegularExpressions;
using Hutch.Contracts.Rest;
using Hutch.Model;

namespace Hutch.Contracts.Tests.Rest;

public sealed partial class RestCallTests
{
    private static readonly (string Name, RestCall Call)[] All =
    [
        .. typeof(RestCalls).GetNestedTypes().SelectMany(group => group.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => ($"{group.Name}.{field.Name}", (RestCall)field.GetValue(null)!))),
    ];

    [Fact]
    public void Each_call_takes_as_many_values_as_its_route_has()
    {
        foreach ((string name, RestCall call) in All)
        {
            RouteValue[] values = [.. Enumerable.Repeat((RouteValue)"a b", PlaceholderPattern().Count(call.Pattern))];

            string path = call.At(values).Path;

            Assert.Equal("api/v1" + PlaceholderPattern().Replace(call.Pattern, "a%20b"), path);
            Assert.Throws<ArgumentException>(() => call.At([.. values, "one more"]));
            if (values.Length > 0)
            {
                Assert.Throws<ArgumentException>(() => call.At(values.AsSpan(1)));
            }

            Assert.True(call.Method is "GET" or "HEAD" or "PUT" or "POST" or "PATCH" or "DELETE", name);
        }
    }

    [Fact]
    public void Each_document_can_be_written_and_read()
    {
        foreach ((string name, RestCall call) in All)
        {
            Type type = call.GetType();
            Type[] documents = type.IsGenericType ? type.GetGenericArguments() : [];

            Assert.True(documents.SequenceEqual(new[] { call.Body, call.Answer }.OfType<System.Text.Json.Serialization.Metadata.JsonTypeInfo>()
                .Select(document => document.Type)), $"{name}: {string.Join(", ", documents.Select(document => document.Name))}");
        }
    }

    [Fact]
    public void No_two_calls_have_the_same_method_and_route()
    {
        Assert.Equal(All.Length, All.Select(one => one.Call.Method + PlaceholderPattern().Replace(one.Call.Pattern, "{}")).Distinct().Count());
    }

    [Fact]
    public void A_value_is_escaped_and_only_a_path_keeps_its_slashes()
    {
        DatasetId id = new(Guid.Parse("0199b3f0-0000-7000-8000-000000000001"));

        Assert.Equal($"api/v1/datasets/{id}/entries/run%201/a%3Fb", RestCalls.Entries.Read.At(id, "run 1/a?b").Path);
        Assert.Equal($"api/v1/datasets/{id}/grants/user%3Aada%2Fb", RestCalls.Sharing.PutGrant.At(id, "user:ada/b").Path);
        Assert.Equal("api/v1/runs/r/attempts/2/claim", RestCalls.Programs.ClaimAttempt.At("r", 2).Path);
        Assert.Equal("api/v1/", RestCalls.Server.About.At().Path);
    }

    [Fact]
    public void A_query_has_the_parameters_that_are_not_null()
    {
        Assert.Equal("api/v1/datasets", RestCalls.Datasets.List.At().With("owner", (string?)null).Path);
        Assert.Equal(
            "api/v1/datasets?owner=a%20b&limit=7&own=true",
            RestCalls.Datasets.List.At().With("owner", "a b").With("limit", 7).With("none", (long?)null).With("own", true).With("all", false).Path);
    }

    /// <summary>The Python package writes its paths itself: each is one of the table.</summary>
    [Fact]
    public void The_Python_package_sends_only_requests_of_the_table()
    {
        PythonCall[] sent = [.. Directory.GetFiles(PythonFolder(), "*.py").SelectMany(file => PythonCall.FindAll(File.ReadAllText(file)))];

        Assert.DoesNotContain(sent, one => !All.Any(call => one.Fits(call.Call)));
        Assert.InRange(sent.Length, 35, 100);
        Assert.DoesNotContain(All, call => new PythonCall("POST", "datasets/{}/closed").Fits(call.Call));
        Assert.DoesNotContain(All, call => new PythonCall("DELETE", "datasets/{}/close").Fits(call.Call));
    }

    private static string PythonFolder()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Hutch.slnx")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "python", "src", "hutch");
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex PlaceholderPattern();
}
