"""
What moto leaves out of ECS: a service made by CloudFormation has tasks, which are targets; a deployment ends; a one-off task
stops. A deployment of an image whose digest begins with "bad" never gets healthy: two tasks stop with exit code 3 and a last
line in the log, then the circuit breaker ends it, with the reason that AWS gives.
"""

import json
import time
import uuid

import moto.ecs.models as ecs
from moto.core.utils import utcnow
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.elbv2.models import elbv2_backends
from moto.logs.models import logs_backends

LAST_WORDS = "platen: error: the settings are wrong"
DESIRED = 2


class DeploymentFailed(BaseException):
    """No Exception: moto tries those again."""


def launch(backend, cluster, definition, started_by, group, count):
    tasks = []
    for _ in range(count):
        task = ecs.Task(
            cluster=cluster, task_definition=definition, container_instance_arn=None, resource_requirements={},
            backend=backend, group=group, started_by=started_by, networking_configuration=network(cluster, backend),
        )  # fmt: skip
        task.created_at = task.started_at = utcnow()
        task.health_status = "HEALTHY"
        # It stops when it is stopped, not by being looked at.
        task._transitions = []
        task.last_status = "RUNNING"
        backend.tasks.setdefault(cluster.name, {})[task.task_arn] = task
        tasks.append(task)
    return tasks


def network(cluster, backend):
    from moto.ec2.models import ec2_backends

    ec2 = ec2_backends[backend.account_id][backend.region_name]
    subnet = next(iter(ec2.describe_subnets()))
    return {"awsvpcConfiguration": {"subnets": [subnet.id], "securityGroups": []}}


def stop(task, reason, exit_code):
    task.last_status = "STOPPED"
    task.desired_status = "STOPPED"
    task.stop_code = "EssentialContainerExited"
    task.stopped_reason = reason
    task.stopped_at = utcnow()
    for container in task.containers:
        container.last_status = "STOPPED"
        container.exit_code = container.exitCode = exit_code


def log(backend, definition, task, text):
    options = definition.container_definitions[0].get("logConfiguration", {}).get("options", {})
    group = options.get("awslogs-group")
    if group is None:
        return
    logs = logs_backends[backend.account_id][backend.region_name]
    name = definition.container_definitions[0]["name"]
    stream = f"{options['awslogs-stream-prefix']}/{name}/{task.id}"
    try:
        logs.create_log_stream(group, stream)
        logs.put_log_events(group, stream, [{"timestamp": int(time.time() * 1000), "message": text}])
    except Exception:
        pass


def is_bad(definition):
    container = definition.container_definitions[0]
    return "@sha256:bad" in (container.get("image") or container.get("Image"))


def service_tasks(backend, service):
    tasks = backend.tasks.get(service.cluster_name, {})
    return [task for task in tasks.values() if task.group == f"service:{service.name}" and task.last_status == "RUNNING"]


def address_of(task):
    return f"10.0.{int(task.id[:2], 16)}.{int(task.id[2:4], 16)}"


def set_targets(backend, service):
    """The addresses of the running tasks, and no others, are targets."""
    balancing = elbv2_backends[backend.account_id][backend.region_name]
    for balancer in service.load_balancers:
        group = balancing.target_groups.get(balancer["targetGroupArn"])
        if group is not None:
            group.targets.clear()
            group.register([{"Id": address_of(task), "Port": balancer["containerPort"]} for task in service_tasks(backend, service)])


def note_deployment(backend, service, status, reason=None):
    """What ListServiceDeployments and DescribeServiceDeployments tell of a rolling deployment: it has no stages."""
    arn = f"{service.arn.replace(':service/', ':service-deployment/')}/{uuid.uuid4().hex[:21]}"
    revision = f"{service.arn.replace(':service/', ':service-revision/')}/{uuid.uuid4().hex[:16]}"
    now = time.time()
    one = {
        "serviceDeploymentArn": arn, "serviceArn": service.arn, "clusterArn": service.cluster_arn, "createdAt": now,
        "startedAt": now, "finishedAt": now, "status": status,
        "targetServiceRevision": {"arn": revision, "requestedTaskCount": service.desired_count},
    }  # fmt: skip
    if reason is not None:
        one["rollback"] = {"reason": reason, "startedAt": now}
    backend.__dict__.setdefault("service_deployments", []).insert(0, one)


def list_service_deployments(self):
    wanted, statuses = self._get_param("service"), self._get_param("status")
    found = [
        {key: one[key] for key in ("serviceDeploymentArn", "serviceArn", "clusterArn", "createdAt", "finishedAt", "status")}
        for one in self.ecs_backend.__dict__.get("service_deployments", [])
        if one["serviceArn"].endswith(f"/{wanted}") and (not statuses or one["status"] in statuses)
    ]
    return json.dumps({"serviceDeployments": found})


def describe_service_deployments(self):
    arns = self._get_param("serviceDeploymentArns")
    all_of_them = self.ecs_backend.__dict__.get("service_deployments", [])
    found = [one for one in all_of_them if one["serviceDeploymentArn"] in arns]
    return json.dumps({"serviceDeployments": found, "failures": []})


def deploy(backend, service, definition):
    cluster = backend._get_cluster(service.cluster_name)
    group = f"service:{service.name}"
    identifier = f"ecs-svc/{abs(hash((service.name, definition.arn, time.time()))) % 10**19}"
    if is_bad(definition):
        for task in launch(backend, cluster, definition, identifier, group, 2):
            log(backend, definition, task, LAST_WORDS)
            stop(task, "Essential container in task exited", 3)
        note_deployment(backend, service, "ROLLBACK_SUCCESSFUL", "Service deployment rolled back because the circuit breaker threshold was exceeded.")
        raise DeploymentFailed(
            'Resource handler returned message: "Error occurred during operation \'ECS Deployment Circuit Breaker was triggered\'."'
            " (RequestToken: 00000000-0000-0000-0000-000000000000, HandlerErrorCode: GeneralServiceException)"
        )
    old = service_tasks(backend, service)
    for task in launch(backend, cluster, definition, identifier, group, service.desired_count):
        log(backend, definition, task, "platen: ready")
    for task in old:
        stop(task, "Scaling activity initiated by (deployment)", 0)
    set_targets(backend, service)
    note_deployment(backend, service, "SUCCESSFUL")
    now = utcnow()
    service.task_definition = definition.arn
    service.running_count, service.pending_count = service.desired_count, 0
    service.deployments = [
        {
            "id": identifier, "status": "PRIMARY", "taskDefinition": definition.arn, "desiredCount": service.desired_count,
            "runningCount": service.desired_count, "pendingCount": 0, "failedTasks": 0, "rolloutState": "COMPLETED",
            "rolloutStateReason": f"ECS deployment {identifier} completed.", "createdAt": now, "updatedAt": now,
        }
    ]  # fmt: skip


def create_from_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
    properties = cloudformation_json["Properties"]
    backend = ecs.ecs_backends[account_id][region_name]
    definition = backend.describe_task_definition(properties["TaskDefinition"])
    balancers = [
        {"targetGroupArn": one.get("TargetGroupArn"), "containerName": one["ContainerName"], "containerPort": int(one["ContainerPort"])}
        for one in properties.get("LoadBalancers", [])
    ]
    service = backend.create_service(
        properties["Cluster"], resource_name, int(properties.get("DesiredCount", DESIRED)),
        task_definition_str=definition.arn, load_balancers=balancers,
    )  # fmt: skip
    service.network_configuration = {"awsvpcConfiguration": {"subnets": [], "securityGroups": [], "assignPublicIp": "DISABLED"}}
    deploy(backend, service, definition)
    return service


def update_from_json(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
    properties = cloudformation_json["Properties"]
    backend = ecs.ecs_backends[account_id][region_name]
    definition = backend.describe_task_definition(properties["TaskDefinition"])
    original_resource.desired_count = int(properties.get("DesiredCount", original_resource.desired_count))
    if definition.arn != original_resource.task_definition or properties.get("ForceNewDeployment"):
        deploy(backend, original_resource, definition)
    return original_resource


def run_task(self, cluster_str, task_definition_str, count, overrides, started_by, *args, **kwargs):
    cluster = self._get_cluster(cluster_str)
    definition = self.describe_task_definition(task_definition_str)
    tasks = launch(self, cluster, definition, started_by or "", f"family:{definition.family}", count or 1)
    for task in tasks:
        task.overrides = overrides or {}
        log(self, definition, task, "done")
        stop(task, "Essential container in task exited", 3 if is_bad(definition) else 0)
    return tasks


list_known = ecs.EC2ContainerServiceBackend.list_tasks


def list_tasks(self, cluster_str=None, container_instance=None, family=None, started_by=None, service_name=None, desiredStatus=None):
    found = list_known(self, cluster_str, container_instance, None, started_by, None, desiredStatus)
    groups = [f"service:{service_name}" if service_name else None, f"family:{family}" if family else None]
    wanted = [group for group in groups if group]
    return [task for task in found if not wanted or task.group in wanted]


def update_definition(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
    return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)


def install():
    ecs.EC2ContainerServiceBackend.list_tasks = list_tasks
    ecs.TaskDefinition.update_from_cloudformation_json = classmethod(update_definition)
    ecs.Service.create_from_cloudformation_json = classmethod(create_from_json)
    ecs.Service.update_from_cloudformation_json = classmethod(update_from_json)
    ecs.EC2ContainerServiceBackend.run_task = run_task
    EC2ContainerServiceResponse.list_service_deployments = list_service_deployments
    EC2ContainerServiceResponse.describe_service_deployments = describe_service_deployments
