"""
moto_server, brought closer to AWS where platen's deployments meet the difference. Run as moto_server itself. Each patch says
what AWS does and moto 5.2.5 does not; where moto knows no resource type, or fails to make one, a stand-in takes its place and
its type is written to standard error, a line each: "stand-in AWS::WAFv2::WebACL".
"""

import ipaddress
import re
import sys
import zlib

import moto.cloudformation.models as models
import moto.cloudformation.parsing as parsing
import moto.cloudformation.responses as responses
from moto.cloudformation.exceptions import ValidationError
from moto.core.common_models import CloudFormationModel
from moto.core.responses import ActionResult
from moto.rds.models import DBInstance, rds_backends
from moto.server import main

import ecs_service

told = set()


def tell(resource_type):
    if resource_type not in told:
        told.add(resource_type)
        print(f"stand-in {resource_type}", file=sys.stderr, flush=True)


class StandIn(CloudFormationModel):
    """A resource that is only a name. Its attributes are made up, the same each time."""

    __module__ = "moto.closer"

    def __init__(self, name, resource_type, properties, account_id, region):
        self.name = name
        self.type = resource_type
        self.properties = properties
        self.account_id = account_id
        self.region = region

    @property
    def physical_resource_id(self):
        return self.attribute("Arn") if self.type in by_arn else self.name

    @staticmethod
    def cloudformation_type():
        return "platen::StandIn"

    @staticmethod
    def cloudformation_name_type():
        return ""

    @classmethod
    def has_cfn_attr(cls, attr):
        return True

    def attribute(self, attr):
        if attr.endswith("Port"):
            return "3306"
        if attr.endswith("Address") or attr.endswith("DomainName"):
            return f"{self.name.lower()}.{self.region}.example"
        if attr.lower().endswith("arn"):
            service = self.type.split("::")[1].lower()
            return f"arn:aws:{service}:{self.region}:{self.account_id}:{self.name}"
        return f"{self.name}-{attr}"

    get_cfn_attribute = attribute

    def delete(self, account_id, region):
        pass


# What Ref gives is an ARN there.
by_arn = {
    "AWS::SecretsManager::Secret",
    "AWS::SecretsManager::SecretTargetAttachment",
    "AWS::CertificateManager::Certificate",
    "AWS::SNS::Topic",
    "AWS::StepFunctions::StateMachine",
}

known_class = parsing.resource_class_from_type
create_known = parsing.parse_and_create_resource
update_known = parsing.parse_and_update_resource
delete_known = parsing.ResourceMap._delete_resource


class AnyClass:
    """Lets outputs name attributes that moto does not know."""

    def __init__(self, known):
        self.known = known

    def __getattr__(self, name):
        return getattr(self.known, name)

    def has_cfn_attr(self, attr):
        return True


def class_of(resource_type):
    if resource_type.startswith("Custom::"):
        return StandIn
    known = known_class(resource_type)
    return StandIn if known is None else known


def suffix(text):
    return f"{zlib.crc32(text.encode()):08x}"


def stand_in(logical_id, resource_json, resources, account_id, region):
    properties = parsing.clean_json(resource_json.get("Properties", {}), resources)
    name = f"{resources['AWS::StackName']}-{logical_id}-{suffix(resources['AWS::StackName'] + logical_id)}"
    made = StandIn(name, resource_json["Type"], properties, account_id, region)
    made.cf_resource_type = resource_json["Type"]
    made.logical_resource_id = logical_id
    tell(resource_json["Type"])
    return made


def create(logical_id, resource_json, resources, account_id, region_name):
    condition = resource_json.get("Condition")
    if condition and not resources.lazy_condition_map[condition]:
        return None
    if class_of(resource_json["Type"]) is StandIn:
        return stand_in(logical_id, resource_json, resources, account_id, region_name)
    try:
        return create_known(logical_id, resource_json, resources, account_id, region_name)
    except Exception as error:
        print(f"moto could not make {resource_json['Type']}: {error!r}", file=sys.stderr, flush=True)
        return stand_in(logical_id, resource_json, resources, account_id, region_name)


def update(logical_id, resource_json, resources, account_id, region_name):
    condition = resource_json.get("Condition")
    if condition and not resources.lazy_condition_map[condition]:
        return None
    there = resources._parsed_resources.get(logical_id)
    if isinstance(there, StandIn) or class_of(resource_json["Type"]) is StandIn:
        return stand_in(logical_id, resource_json, resources, account_id, region_name)
    if there is None:
        return create(logical_id, resource_json, resources, account_id, region_name)
    try:
        return update_known(logical_id, resource_json, resources, account_id, region_name) or there
    except Exception as error:
        print(f"moto could not update {resource_json['Type']}: {error!r}", file=sys.stderr, flush=True)
        return there


def delete(self, parsed_resource, resource_json):
    if isinstance(parsed_resource, StandIn):
        return
    try:
        delete_known(self, parsed_resource, resource_json)
    except Exception as error:
        print(f"moto could not delete {resource_json['Type']}: {error!r}", file=sys.stderr, flush=True)


clean_known = parsing.clean_json


def clean(resource_json, resources):
    """GetAtt of an attribute that moto does not know has a value, too. `A.B` is one attribute."""
    if isinstance(resource_json, dict) and "Fn::GetAtt" in resource_json:
        target = resource_json["Fn::GetAtt"]
        name, *attribute = target.split(".", 1) if isinstance(target, str) else target
        attribute = ".".join(attribute)
        resource = resources[name]
        try:
            value = resource.get_cfn_attribute(attribute)
        except Exception:
            value = None
        if value is not None:
            return value
        kind = resource.cf_resource_type
        return StandIn(resource.physical_resource_id, kind, {}, resources._account_id, resources._region_name).attribute(attribute)
    if isinstance(resource_json, dict) and "Fn::Cidr" in resource_json:
        block, count, bits = clean(resource_json["Fn::Cidr"], resources)
        network = ipaddress.ip_network(block)
        subnets = network.subnets(new_prefix=network.max_prefixlen - int(bits))
        return [str(next(subnets)) for _ in range(int(count))]
    found = clean_known(resource_json, resources)
    # A reference to a database's parameters is their name.
    if type(found).__name__ == "DBParameterGroup":
        return found.name
    # AWS::NoValue in a list is no member of it.
    return [one for one in found if one is not None] if isinstance(found, list) else found


parsing.clean_json = clean
parsing.parse_and_create_resource = create
parsing.parse_and_update_resource = update
parsing.ResourceMap._delete_resource = delete
parsing.ResourceMap.validate_outputs = lambda self: None
parsing.resource_class_from_type = class_of

# --- stacks and change sets ---------------------------------------------------


def resource_event(stack, logical_id, resource, kind, status, reason=None):
    stack.events.append(
        models.Event(
            stack_id=stack.stack_id,
            stack_name=stack.name,
            logical_resource_id=logical_id,
            physical_resource_id=getattr(resource, "physical_resource_id", "") or "",
            resource_type=kind,
            resource_status=status,
            resource_status_reason=reason,
            resource_properties=None,
        )
    )


def conditional(stack):
    """Resources whose condition holds."""
    conditions = stack.resource_map.lazy_condition_map
    return {
        name: json_
        for name, json_ in stack.template_dict["Resources"].items()
        if not json_.get("Condition") or conditions[json_["Condition"]]
    }


def create_from(change_set, stack):
    """AWS makes a change set's stack as any other, with its parameters and outputs."""
    stack.template = change_set.template
    stack._parse_template()
    stack.parameters = change_set.parameters
    stack.resource_map = stack._create_resource_map()
    stack.output_map = stack._create_output_map()
    for name, json_ in conditional(stack).items():
        resource_event(stack, name, None, json_["Type"], "CREATE_IN_PROGRESS")
    stack.create_resources()
    # AWS tells the stack's end last.
    stack.events = [event for event in stack.events if (event.logical_resource_id, event.resource_status) != (stack.name, "CREATE_COMPLETE")]
    for name, json_ in conditional(stack).items():
        resource_event(stack, name, stack.resource_map[name], json_["Type"], "CREATE_COMPLETE")
    stack._add_stack_event("CREATE_COMPLETE")
    stack.status = "CREATE_COMPLETE"


def update_from(change_set, stack):
    before = (stack.template, dict(stack.parameters), dict(stack.resource_map._parsed_resources))
    changed = stack.resource_map.build_resource_diff(change_set.template_dict, change_set.parameters)
    resources = change_set.template_dict["Resources"]
    for name in changed["Add"] + changed["Modify"]:
        verb = "CREATE" if name in changed["Add"] else "UPDATE"
        resource_event(stack, name, None, resources[name]["Type"], f"{verb}_IN_PROGRESS")
    try:
        stack.update(change_set.template, None, parameters=change_set.parameters, tags=change_set.tags)
    except ecs_service.DeploymentFailed as failure:
        roll_back(stack, before, failure)
        return
    stack.events.pop()
    for name in changed["Add"] + changed["Modify"]:
        verb = "CREATE" if name in changed["Add"] else "UPDATE"
        resource_event(stack, name, stack.resource_map._parsed_resources.get(name), resources[name]["Type"], f"{verb}_COMPLETE")
    stack._add_stack_event("UPDATE_COMPLETE")


def roll_back(stack, before, failure):
    """AWS's events of a deployment that the circuit breaker ended (ECS developer guide, "circuit breaker")."""
    for name, made in stack.resource_map._parsed_resources.items():
        if getattr(made, "cf_resource_type", "") == "AWS::ECS::TaskDefinition" and made is not before[2].get(name):
            resource_event(stack, name, made, made.cf_resource_type, "UPDATE_COMPLETE")
    resource_event(stack, "Service", None, "AWS::ECS::Service", "UPDATE_FAILED", str(failure))
    stack._add_stack_event("UPDATE_ROLLBACK_IN_PROGRESS", resource_status_reason="The following resource(s) failed to update: [Service]. ")
    stack.template, stack.parameters, resources = before
    stack._parse_template()
    known = stack.resource_map
    known._template, known._resource_json_map = stack.template_dict, stack.template_dict["Resources"]
    known._parsed_resources, known.input_parameters = resources, stack.parameters
    known.load_parameters()
    known.load_conditions()
    stack.output_map = stack._create_output_map()
    resource_event(stack, "Service", None, "AWS::ECS::Service", "UPDATE_COMPLETE")
    stack._add_stack_event("UPDATE_ROLLBACK_COMPLETE")
    stack.status = "UPDATE_ROLLBACK_COMPLETE"


def execute_change_set(self, change_set_name, stack_name=None):
    change_set = self.describe_change_set(change_set_name)
    stack = self.stacks[change_set.stack_id]
    if change_set.change_set_type == "CREATE":
        stack._add_stack_event("CREATE_IN_PROGRESS", resource_status_reason="User Initiated")
        create_from(change_set, stack)
        stack.tags = change_set.tags or {}
    else:
        update_from(change_set, stack)
    change_set.execution_status = "EXECUTE_COMPLETE"
    # AWS removes what was compared with a state that is no more.
    for key in [key for key, other in self.change_sets.items() if other.stack_id == stack.stack_id]:
        del self.change_sets[key]


def diff(self):
    """A parameter's change is one, too."""
    found = self.stack.resource_map.build_resource_diff(self.template_dict, self.parameters)
    old, new = self.stack.resource_map._resource_json_map, self.template_dict["Resources"]
    return [
        models.Change(action, name, (new if name in new else old)[name]["Type"])
        for action, names in found.items()
        for name in names
    ]


def update_termination_protection(self):
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    stack.enable_termination_protection = self._get_param("EnableTerminationProtection") in (True, "true")
    return ActionResult({"StackId": stack.stack_id})


delete_stack_known = models.CloudFormationBackend.delete_stack
describe_change_set_known = models.CloudFormationBackend.describe_change_set


def delete_stack(self, name_or_stack_id):
    found = [stack for stack in self.stacks.values() if name_or_stack_id in (stack.name, stack.stack_id)]
    if found and found[0].enable_termination_protection:
        raise ValidationError(found[0].name, f"Stack [{found[0].name}] cannot be deleted while TerminationProtection is enabled")
    delete_stack_known(self, name_or_stack_id)


build_diff_known = parsing.ResourceMap.build_resource_diff


def build_diff(self, other_template, parameters=None):
    """Who names a task definition that gets a new revision changes, too."""
    found = build_diff_known(self, other_template, parameters)
    new = other_template["Resources"]
    revised = [name for name in found["Modify"] if new[name]["Type"] == "AWS::ECS::TaskDefinition"]
    for name, resource in new.items():
        named = parsing.get_references_from_template(resource)
        if name in self._resource_json_map and name not in found["Modify"] and any(one in named for one in revised):
            found["Modify"].append(name)
    return found


def update_database(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
    """Another name makes another database, of the snapshot that is named; the old one goes once the new one is there."""
    properties = cloudformation_json["Properties"]
    if properties.get("DBInstanceIdentifier") in (None, original_resource.db_instance_identifier):
        return original_resource
    if properties.get("DBSnapshotIdentifier"):
        # It refuses one that is not there.
        rds_backends[account_id][region_name].describe_db_snapshots(None, properties["DBSnapshotIdentifier"])
    made = cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)
    original_resource.delete(account_id, region_name)
    return made


DBInstance.update_from_cloudformation_json = classmethod(update_database)
parsing.ResourceMap.build_resource_diff = build_diff
models.ChangeSet.diff = diff
models.CloudFormationBackend.execute_change_set = execute_change_set
models.CloudFormationBackend.delete_stack = delete_stack
responses.CloudFormationResponse.update_termination_protection = update_termination_protection
# Nothing to change is told by the change set, not by an error.
responses.CloudFormationResponse._validate_different_update = lambda *_: None

ecs_service.install()

if __name__ == "__main__":
    sys.argv[0] = re.sub(r"closer.py$", "moto_server", sys.argv[0])
    sys.exit(main())
