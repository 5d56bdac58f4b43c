# One image per service: docker build --build-arg SERVICE=edge . (edge router metering billing audit alerting platform).
# The platform's image also migrates: run it with --migrate before the services of a new release start.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY shared shared
COPY services services
ARG SERVICE=platform
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet publish services/${SERVICE}/*.Host/*.csproj -c Release -p:UseAppHost=false -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
COPY config /app/config
# The spool and the snapshots: an edge needs a volume of its own here, for money waits in it.
RUN install -d -o $APP_UID -g $APP_UID /data
VOLUME /data
ENV LLM_PLATFORM_LISTEN=http://0.0.0.0:8080 \
    LLM_PLATFORM_CONFIG=/app/config/platform.yaml \
    LLM_PLATFORM_DATA=/data
USER $APP_UID
EXPOSE 8080
# exec: the host is process 1 and hears the signal to stop. Its arguments are the verbs --migrate and --check-config.
ENTRYPOINT ["sh", "-c", "exec dotnet /app/LlmPlatform.*.Host.dll \"$@\"", "host"]
