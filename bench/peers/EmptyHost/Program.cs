// The least that an ASP.NET host can be: what Hutch's start-up and memory are compared with.
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
WebApplication app = builder.Build();
app.MapGet("/health/ready", () => "ready");
app.Run(args[0]);
