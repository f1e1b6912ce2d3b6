/** EventBridge Scheduler: whoever a schedule starts its target as. The hour of a schedule never comes here. */
import type { Api } from "../api";
import type { Context } from "./context";
import { dataKeyOpened } from "./encryption";

/**
 * Calls as the role of the schedule that has this target; undefined where no schedule has. Its input lies under the
 * schedule's key, which that role has to open first
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html).
 */
export async function scheduledCaller(
    targetArn: string,
    { backend, sessions, region, accountId }: Context,
): Promise<Api | undefined> {
    const { Schedules } = await backend("scheduler", "ListSchedules", {});
    const found = (
        Schedules as { Name: string; GroupName: string; Target: { Arn: string } }[]
    ).find(({ Target }) => Target.Arn === targetArn);
    if (found === undefined) return undefined;
    const { Name, GroupName } = found;
    const { Arn, KmsKeyArn, Target } = await backend("scheduler", "GetSchedule", {
        Name,
        GroupName,
    });
    const sourceArn = `arn:aws:scheduler:${region}:${accountId}:schedule-group/${GroupName}`;
    const api = await sessions.api(Target.RoleArn, {
        service: "scheduler.amazonaws.com",
        sourceArn,
    });
    if (KmsKeyArn !== undefined)
        await dataKeyOpened(backend, api, KmsKeyArn, { "aws:scheduler:schedule:arn": Arn });
    return api;
}
